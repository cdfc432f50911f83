"""Several processes over one PostgreSQL database: lease, notices, who may write."""
