"""From paper to a digitised document: sources, the tray of a scan job, clean-up, sorting, PDF/A, signatures."""
