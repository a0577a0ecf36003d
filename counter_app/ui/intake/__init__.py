"""The intake page (F2): a dossier from the applicant's hands into the queue."""
