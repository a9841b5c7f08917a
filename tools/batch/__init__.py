"""Many rows at once: a file in, a score for each row out, as a job that outlives the process."""
