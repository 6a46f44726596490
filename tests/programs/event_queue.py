"""A queue of events in order of time.

Events are inserted where they belong with `searchsorted` and `np.insert`, and taken away with
`np.delete`: a small discrete-event simulation (Tocher 1963).
"""

import numpy as np


def event_queue(arrivals, service):
    times = np.sort(arrivals)
    kinds = np.zeros_like(times)
    free_at, waited, served, log = 0, [], 0, []
    while times.size:
        now, kind = times[0], kinds[0]
        times, kinds = np.delete(times, 0), np.delete(kinds, 0)
        log.append(kind)
        if kind == 1:
            continue
        begin = max(now, free_at)
        waited.append(int(begin - now))
        free_at = begin + service[served % len(service)]
        served += 1
        where = np.searchsorted(times, free_at)
        times = np.insert(times, where, free_at)
        kinds = np.insert(kinds, where, 1)
    return waited, sum(log), free_at, np.resize(service, 7)


def inputs(rng):
    return rng.integers(0, 60, 20), rng.integers(1, 6, 5)
