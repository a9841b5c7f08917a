"""What a narration says: forms of the banks, parties behind them, categories."""
