"""From the bus into the database: batches, de-duplication, receipts."""
