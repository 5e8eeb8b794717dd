"""One profile at work: load both sides, plan, try settings, sync. The console and the commands share it."""
