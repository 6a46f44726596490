"""asv, for which a branch is all commits that it contains.

asv takes the first parents only, and would leave out what was measured before a merge turned the
line of first parents.
"""

from asv.main import main
from asv.plugins.git import Git


def contained(self, branch):
    return self._run_git(["rev-list", self.get_branch_name(branch)]).split()


if __name__ == "__main__":
    Git.get_branch_commits = contained
    main()
