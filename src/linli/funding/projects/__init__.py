"""Projects from need to acceptance: tender, award, contract with milestones, payments that post, assets, what runs out."""
