"""The common criteria of SOC 2 (TSP section 100, CC1 to CC9), each in our own words.

All of them are here, because what nothing here bears on must be said as plainly as what something does.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion. `elsewhere` is what shows it instead, where no control bears on it."""

    name: str
    title: str
    elsewhere: str = ""


_ALL = (
    Criterion(
        "CC1.1",
        "Those in charge ask for honest conduct and live by it",
        "a code of conduct and who has acknowledged it",
    ),
    Criterion(
        "CC1.2",
        "A board that does not depend on management looks after control",
        "the board's charter and minutes",
    ),
    Criterion(
        "CC1.3",
        "Who decides and who reports to whom is laid down",
        "an organisation chart and descriptions of jobs",
    ),
    Criterion(
        "CC1.4",
        "People are able to do their work and learn what they lack",
        "records of hiring, background checks and training",
    ),
    Criterion(
        "CC1.5",
        "People answer for their part in control",
        "records of performance reviews",
    ),
    Criterion(
        "CC2.1",
        "Control rests on information that is good enough",
        "how reports, such as those made here, are checked and used",
    ),
    Criterion(
        "CC2.2",
        "Staff know what control asks of them",
        "policies, who has read them, and training",
    ),
    Criterion(
        "CC2.3",
        "Customers and others outside learn what concerns them",
        "contracts, notices to customers, a channel for reports",
    ),
    Criterion(
        "CC3.1",
        "Goals are clear enough to see what endangers them",
        "stated objectives and commitments to customers",
    ),
    Criterion(
        "CC3.2",
        "Risks are found and weighed",
        "a register of risks and its reviews",
    ),
    Criterion(
        "CC3.3",
        "Fraud is thought of among the risks",
        "the part of the risk assessment about fraud",
    ),
    Criterion(
        "CC3.4",
        "What changes in and around the company is looked at as a risk",
        "risk assessments made again when the company or its market changes",
    ),
    Criterion("CC4.1", "It is watched whether controls are there and work"),
    Criterion(
        "CC4.2",
        "Whoever must act on a shortcoming is told in time",
        "reports to management and the tickets that follow",
    ),
    Criterion(
        "CC5.1",
        "Controls are chosen to bring risks down",
        "a matrix of risks and controls",
    ),
    Criterion(
        "CC5.2",
        "Controls over technology are chosen for what they must support",
        "a matrix of risks and controls over technology",
    ),
    Criterion(
        "CC5.3",
        "Policies say what is expected, and procedures put it into practice",
        "written policies and procedures and their reviews",
    ),
    Criterion("CC6.1", "Systems and data are guarded against access without right"),
    Criterion("CC6.2", "Credentials are given to those entitled and taken back afterwards"),
    Criterion("CC6.3", "Rights follow roles and reach no further than the work needs"),
    Criterion(
        "CC6.4",
        "Only those who must can enter buildings and touch machines",
        "AWS's own SOC 2 report for its data centres, and access to your offices",
    ),
    Criterion(
        "CC6.5",
        "Nothing can be read from hardware that is given up",
        "AWS's own SOC 2 report, and records of disposal for your devices",
    ),
    Criterion("CC6.6", "Systems are shielded against those outside"),
    Criterion("CC6.7", "Data is guarded where it rests, moves and leaves"),
    Criterion(
        "CC6.8",
        "Unwanted and harmful software is kept out or found",
        "protection of endpoints, scans of images, reviews of what is installed",
    ),
    Criterion("CC7.1", "Changes of configuration that open a weakness are found"),
    Criterion("CC7.2", "Systems are watched for signs of attacks and failures"),
    Criterion("CC7.3", "What is noticed is judged: incident or not"),
    Criterion("CC7.4", "Incidents are contained and put right by a set course"),
    Criterion(
        "CC7.5",
        "After an incident, work is restored and lessons are drawn",
        "reports after incidents, and trials of restoring",
    ),
    Criterion("CC8.1", "Changes are approved, tested and written down"),
    Criterion(
        "CC9.1",
        "It is prepared for that business is disrupted",
        "a plan for continuity, trials of it, insurance",
    ),
    Criterion(
        "CC9.2",
        "Risks from vendors and partners are known and handled",
        "reviews of vendors and their reports",
    ),
)

CRITERIA = {criterion.name: criterion for criterion in _ALL}
"""Every common criterion by name, in order."""
