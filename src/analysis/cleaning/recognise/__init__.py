"""From the cells of a file to the layout of its tables: plain shapes and known forms, nothing else."""
