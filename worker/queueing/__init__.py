"""Messages between those who hand work in and those who do it: the only home of Celery."""
