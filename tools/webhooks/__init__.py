"""Events told to addresses outside: which, how they are signed, how they get there and nowhere else."""
