"""Terminal console for Smoothx: preview and sync Procore claims and costs to Xero."""

__version__ = "0.1.0"
