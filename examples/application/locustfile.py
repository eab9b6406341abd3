"""Load: mostly pages that work, now and then one that is slow or fails.

locust --headless --users 20 --host http://localhost:8000
"""

from locust import HttpUser, between, task


class Visitor(HttpUser):
    wait_time = between(0.2, 1)

    @task(80)
    def home(self):
        self.client.get("/")

    @task(10)
    def time(self):
        self.client.get("/time")

    @task(5)
    def slow(self):
        self.client.get("/slow")

    @task(5)
    def broken(self):
        with self.client.get("/broken", catch_response=True) as response:
            if response.status_code == 500:
                response.success()
