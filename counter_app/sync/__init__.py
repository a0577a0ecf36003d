"""Sync with the portal: messages, client, uploads, outbox, inbox, engine and worker (design.md section 6)."""
