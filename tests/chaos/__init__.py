"""What a bad day does to a tracker that people write in. The suite has small doses, `make chaos` large ones."""
