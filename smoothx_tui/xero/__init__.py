"""Documents, contacts and the organisation in Xero."""
