"""What keeps the tracker running: the doctor, backup and restore, scheduled work, replaying the audit."""
