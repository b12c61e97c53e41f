"""Gradient ascent as people write it in PyTorch, for comparison with `createAscent`: the same parametrization (frequencies with
amplitudes 1/f, decorrelated colors, logistic function), the same moves (jitter, turn, scale, bilinear, mirrored), Adam, the
score of a class, one picture. Prints seconds for 256 steps, the best of three, and of processor time.

  python3 bench/peers/ascent.py lenet5|resnet20 [threads]
"""
import math
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F


class Block(nn.Module):
    def __init__(self, a, b, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(a, b, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(b)
        self.conv2 = nn.Conv2d(b, b, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(b)
        self.grow = b - a
        self.stride = stride

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        if self.grow or self.stride > 1:
            x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.grow // 2, self.grow // 2))
        return F.relu(x + y)


def resnet20():
    layers = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()]
    width = 16
    for stage, out in enumerate([16, 32, 64]):
        for i in range(3):
            layers.append(Block(width, out, 2 if stage > 0 and i == 0 else 1))
            width = out
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10)), (3, 32, 32)


def lenet5():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.Tanh(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.Tanh(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.Tanh(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10),
    ), (1, 28, 28)


COLORS = torch.tensor([[0.26, 0.09, 0.02], [0.27, 0.0, -0.05], [0.27, -0.09, 0.03]])
COLORS = COLORS / COLORS.norm(dim=0).max()


def ascend(net, shape, target, steps=256, turn=5.0, scale=0.05):
    c, h, w = shape
    jitter = round(min(h, w) / 16)
    fy, fx = torch.fft.fftfreq(h)[:, None], torch.fft.rfftfreq(w)[None]
    amplitudes = 1 / torch.clamp((fy ** 2 + fx ** 2).sqrt(), min=1 / max(h, w)) * math.sqrt(h * w)
    spectrum = (torch.randn(1, c, h, w // 2 + 1, 2) * 0.01).requires_grad_()
    optimizer = torch.optim.Adam([spectrum], lr=0.05)
    for _ in range(steps):
        x = torch.fft.irfft2(torch.view_as_complex(spectrum) * amplitudes, s=(h, w)) / 4
        if c == 3:
            x = torch.einsum("rc,nchw->nrhw", COLORS, x)
        x = torch.sigmoid(x)
        angle = (torch.rand(()) * 2 - 1) * turn * math.pi / 180
        factor = torch.exp((torch.rand(()) * 2 - 1) * math.log1p(scale))
        shift = torch.randint(-jitter, jitter + 1, (2,)) * 2 / torch.tensor([w, h])
        cos, sin = torch.cos(angle) * factor, torch.sin(angle) * factor
        theta = torch.stack([cos, -sin, shift[0], sin, cos, shift[1]]).view(1, 2, 3)
        grid = F.affine_grid(theta, [1, c, h, w], align_corners=False)
        x = F.grid_sample(x, grid, padding_mode="reflection", align_corners=False)
        loss = -net(x)[0, target]
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return x


def main():
    net, shape = {"lenet5": lenet5, "resnet20": resnet20}[sys.argv[1]]()
    torch.set_num_threads(int(sys.argv[2]) if len(sys.argv) > 2 else 2)
    net.eval()
    for parameter in net.parameters():
        parameter.requires_grad_(False)
    ascend(net, shape, 3, steps=16)
    times = []
    for _ in range(3):
        start = (time.perf_counter(), time.process_time())
        ascend(net, shape, 3)
        times.append((time.perf_counter() - start[0], time.process_time() - start[1]))
    wall, processor = map(min, zip(*times))
    print(f"{sys.argv[1]} {wall:.2f} s, {processor:.2f} s of processor time")


main()
