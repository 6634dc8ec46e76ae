"""提案和建议办理: what members of the 政协 and deputies of the 人大 propose, answered by units, in public."""
