"""What customers and cohorts will spend and receive, one to twelve months ahead."""
