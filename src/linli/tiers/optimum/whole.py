"""Whole columns: the plan over the pieces known, where members of a block combine freely once what they share is fixed. HiGHS.

A column of a block is a start of what its members share and a piece of each member. Here both are chosen one by one: a start of
the block, and for each member exactly one piece that goes with it. So a few pieces stand for very many columns.
"""

from __future__ import annotations

from collections.abc import Iterable

import highspy
import numpy as np

from .master import INF, Master
from .pricing import Column, Piece, Space

WAN = 1_000_000


class Whole:
    """The program over starts and pieces, both kept in order and once."""

    def __init__(self, space: Space) -> None:
        self.space = space
        self.joints: dict[int, None] = {}
        self.pieces: dict[Piece, None] = {}

    def take(self, joints: Iterable[int], pieces: Iterable[Piece]) -> None:
        """Know more starts and pieces."""
        self.joints.update(dict.fromkeys(joints))
        self.pieces.update(dict.fromkeys(pieces))

    def take_columns(self, columns: Iterable[Column]) -> None:
        for column in columns:
            self.take([column.joint], column.pieces)

    def solve(self, *, gap: float, target: float, seconds: float, nodes: int) -> tuple[list[Column] | None, float, str]:
        """The best choice of what is known, the bound over it, how HiGHS ended. It ends as soon as `target` is reached."""
        space, years = self.space, self.space.years
        master = Master(space, worth=1.0, penalty=0.0)
        solver = master.solver
        for column in range(master.slack_at, master.first):
            solver.changeColBounds(column, 0.0, 0.0)
        projection_of = np.searchsorted(space.proj_at, np.arange(len(space.conf_at)), side="right") - 1
        pieces = list(self.pieces)
        have = {int(projection_of[piece.conf]) for piece in pieces}
        joints = [j for j in self.joints if all(p in have for p in space.joint_members[j])]
        used = sorted({p for j in joints for p in space.joint_members[j]})
        first_link = solver.getNumRow()
        link = {projection: first_link + i for i, projection in enumerate(used)}
        for _ in used:
            solver.addRow(0.0, 0.0, 0, [], [])
        thrift = space.asked.objective.thrift / WAN
        none = [0] * years

        def enter(points: float, rows: list[int], values: list[float]) -> None:
            solver.addCol(points, 0.0, 1.0, len(rows), rows, values)
            solver.changeColIntegrality(solver.getNumCol() - 1, highspy.HighsVarType.kInteger)

        for joint in joints:
            vector = [round(x) for x in space.joint_takes[joint].tolist()]
            rows, values = master.takes(vector[:-years], vector[-years:], none, {}, 0)
            block, _ = space.joint_conf[joint]
            members = space.joint_members[joint]
            enter(
                -thrift * sum(vector[:-years]),
                [*rows, block, *(link[p] for p in members)],
                [*values, 1.0, *([-1.0] * len(members))],
            )
        pieces = [piece for piece in pieces if int(projection_of[piece.conf]) in link]
        for piece in pieces:
            i = int(space.conf_of[piece.conf])
            community = space.choices[i].community
            sums = space.conf_takes[piece.conf] + space.rows[list(piece.rows)].sum(axis=0)
            vector = [round(x) for x in sums.tolist()]
            up = bool(space.raises[i, piece.path])
            rows, values = master.takes(
                vector[:-years],
                vector[-years:],
                space.incomes[i, piece.path].tolist(),
                {community.town: 1} if up else {},
                int(up and community.old),
            )
            points = float(space.worth[i, piece.path]) - thrift * sum(vector[:-years])
            enter(points, [*rows, link[int(projection_of[piece.conf])]], [*values, 1.0])
        for option, value in (
            ("mip_rel_gap", gap),
            ("mip_abs_gap", 1e-9),
            ("time_limit", seconds),
            ("mip_max_nodes", nodes),
            ("objective_target", min(target, INF)),
        ):
            solver.setOptionValue(option, value)
        solver.run()
        status, info = solver.getModelStatus(), solver.getInfo()
        ended = {
            highspy.HighsModelStatus.kOptimal: "optimal",
            highspy.HighsModelStatus.kInfeasible: "infeasible",
            # All that counts is chosen or not, so nothing here is without bound.
            highspy.HighsModelStatus.kUnboundedOrInfeasible: "infeasible",
            highspy.HighsModelStatus.kTimeLimit: "time",
            highspy.HighsModelStatus.kObjectiveTarget: "close enough",
        }.get(status, "limit")
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible.value:
            return None, float(info.mip_dual_bound), ended
        chosen = np.array(solver.getSolution().col_value[master.first :]) > 0.5
        picked = {}
        for piece, on in zip(pieces, chosen[len(joints) :].tolist(), strict=True):
            if on:
                picked[int(projection_of[piece.conf])] = piece
        found = [
            space.column(joint, [picked[p] for p in space.joint_members[joint]])
            for joint, on in zip(joints, chosen[: len(joints)].tolist(), strict=True)
            if on
        ]
        return found, float(info.mip_dual_bound), ended
