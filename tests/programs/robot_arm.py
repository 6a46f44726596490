"""Rigid bodies in space.

Rotations by Rodrigues' formula (1840), moments and areas by cross products, and frames that are
orthonormal again after many turns.
"""

import numpy as np

ROUNDING = 4


def robot_arm(joints, axes, forces):
    axes /= np.linalg.vector_norm(axes, axis=-1, keepdims=True)
    angles = np.arange(len(axes))[:, None] * np.pi / 6
    along = np.linalg.vecdot(axes, joints)[:, np.newaxis] * axes
    across = np.linalg.cross(axes, joints)
    turned = along + np.cos(angles) * (joints - along) + np.sin(angles) * across
    assert np.allclose(np.linalg.norm(turned, axis=1), np.linalg.norm(joints, axis=1))
    torque = np.cross(turned, forces).sum(axis=0)
    skew = np.zeros_like(joints, shape=(len(axes), 3, 3))
    skew[:, [2, 0, 1], [1, 2, 0]] = axes
    skew -= np.linalg.matrix_transpose(skew)
    assert np.allclose(np.matvec(skew, joints), across)
    frame = np.eye(3) + skew
    q, _ = np.linalg.qr(frame)
    volume = np.abs(np.linalg.det(frame))
    plane = np.cross(joints[:, None], forces[None, :3])
    return turned, torque, np.abs(q @ q.mT - np.eye(3)).max() < 1e-9, volume, plane


def inputs(rng):
    axes = np.zeros((6, 3))
    axes[np.arange(6), np.arange(6) % 3] = 2.0
    axes[2] = 1.0
    forces = np.where(rng.random((6, 3)) < 0.5, 0.0, rng.integers(-3, 4, (6, 3)))
    return rng.integers(-2, 3, (6, 3)).astype(float), axes, forces
