"""PyTorch, on as many threads as the first word says. The conversation is that of serve.mjs."""

import json
import re
import sys
import time


def say(answer):
    print(json.dumps(answer), flush=True)


try:
    import torch
    import torch.nn.functional as F
    from torch import nn
except ImportError as error:
    say({"missing": f"this Python does not import torch: {error}"})
    sys.exit()


def uniform(*shape):
    return 2 * torch.rand(*shape) - 1


def conv(job):
    x = uniform(*job["input"]).requires_grad_(job["backward"])
    w = uniform(*job["filters"]).requires_grad_(job["backward"])

    def forward():
        return F.conv2d(x, w, stride=job["stride"], padding=job["padding"])

    if not job["backward"]:
        return forward
    dy = uniform(*forward().shape)
    return lambda: torch.autograd.grad(forward(), (x, w), dy)


def matmul(job):
    a, b = (uniform(job["size"], job["size"]) for _ in range(2))
    return lambda: a @ b


def lenet(job):
    network = nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.Tanh(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.Tanh(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.Tanh(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10),
    )
    optimizer = torch.optim.SGD(network.parameters(), lr=0.01, momentum=0.9)
    images = uniform(job["batch"], 1, 28, 28)
    labels = torch.arange(job["batch"]) % 10

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss = F.cross_entropy(network(images), labels)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def repeat(run, milliseconds):
    times = []
    start = time.perf_counter()
    end = start + milliseconds / 1000
    while True:
        run()
        now = time.perf_counter()
        times.append((now - start) * 1000)
        start = now
        if now >= end:
            return times


def serve():
    jobs = {"conv": conv, "matmul": matmul, "lenet": lenet}
    known, run = None, None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request["job"] != known:
                run = jobs[request["job"]["kind"]](request["job"])
                known = request["job"]
            say({"times": repeat(run, request["milliseconds"])} if "milliseconds" in request else {})
        except Exception as error:
            known = None
            say({"cannot": str(error).splitlines()[0]})


torch.set_num_threads(int(sys.argv[1]))
blas = re.search(r"BLAS_INFO=(\w+)", torch.__config__.show())
say({"version": torch.__version__ + (f" (BLAS: {blas[1]})" if blas else "")})
serve()
