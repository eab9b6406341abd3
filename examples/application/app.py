"""A small portal: pages that work, a page that is slow, and one that fails. Nothing here knows of metrics."""

import os
import random
import time

import psycopg
from flask import Flask, abort

app = Flask(__name__)


def query(statement):
    with psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=2) as connection:
        return connection.execute(statement).fetchone()


@app.get("/")
def home():
    return "welcome\n"


@app.get("/time")
def now():
    (answer,) = query("SELECT now()")
    return f"{answer}\n"


@app.get("/slow")
def slow():
    time.sleep(random.uniform(0.2, 1.5))
    return "at last\n"


@app.get("/broken")
def broken():
    abort(500)
