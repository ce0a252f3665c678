"""What stores are told of their customers: the digest each morning, and the summary after each sync."""
