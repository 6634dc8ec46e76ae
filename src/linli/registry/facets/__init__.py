"""What conditions and figures ask of people, in one narrow table: counts over everybody read that and nothing else."""
