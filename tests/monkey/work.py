"""Many episodes, shared out among processes."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import NamedTuple

from tests.monkey.episodes import Episode, Trouble
from tests.monkey.server import served


class Done(NamedTuple):
    """What a worker has done.

    Attributes:
        episodes: How many it lived.
        keys: How many it pressed.
        troubles: What was wrong.
    """

    episodes: int
    keys: int
    troubles: list[Trouble]


def _work(seed: int, worker: int, keys: int) -> Done:
    """Live episodes until so many keys were pressed."""
    done = Done(0, 0, [])
    with served(seed * 1000 + worker) as base_url:
        while done.keys < keys:
            episode = Episode(f"{seed}.{worker}.{done.episodes + 1}", base_url)
            done.troubles.extend(_lived(episode))
            done = Done(done.episodes + 1, done.keys + episode.keys, done.troubles)
    return done


def _lived(episode: Episode) -> list[Trouble]:
    troubles = episode.run()
    for trouble in troubles:
        print(f"TROUBLE in episode {trouble.episode}: {trouble.what}", flush=True)
    return troubles


def live_all(keys: int, seed: int, jobs: int) -> list[Done]:
    """Press so many keys in all."""
    share = -(-keys // jobs)
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        return list(pool.map(_work, [seed] * jobs, range(jobs), [share] * jobs))


def live_one(name: str) -> list[Done]:
    """Live one episode again."""
    with served(0) as base_url:
        episode = Episode(name, base_url)
        troubles = _lived(episode)
        return [Done(1, episode.keys, troubles)]
