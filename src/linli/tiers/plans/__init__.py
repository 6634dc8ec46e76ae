"""Plans of upgrades: the catalogue of measures, scenarios that are asked for, solved by a job and compared."""
