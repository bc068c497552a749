"""Reads YAML files before and after an edit with PyYAML and says what is not as intended.

Input, one JSON object a line: {"before": text, "after": text, "document": index,
"changes": [{"path": [keys and indices], "value": text}]}.
Output: one JSON object a line, {"line": number from 1, "reader": name, "problem": text}, and last {"read": [[reader, files]]}.
"""

import json
import sys

try:
    import yaml
except ImportError:
    sys.exit("PyYAML is missing: python3 cannot import yaml; install it, for example python3 -m pip install PyYAML")

# Takes the place of a value that was to be changed; no document holds it.
ASIDE = object()


def same(one, other):
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return list(one) == list(other) and all(
            type(a) is type(b) and same(one[a], other[b]) for a, b in zip(one, other)
        )
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return one is other or one == other


def exchange(document, path):
    """Puts ASIDE at a place and returns what was there."""
    for step in path[:-1]:
        document = document[step]
    old, document[path[-1]] = document[path[-1]], ASIDE
    return old


def problem(edit, loader):
    before, after = ([*yaml.load_all(edit[each], Loader=loader)] for each in ("before", "after"))
    if len(before) != len(after):
        return "the number of documents differs"
    for change in edit["changes"]:
        found = exchange(after[edit["document"]], change["path"])
        if type(found) is not str or found != change["value"]:
            return f"found {found!r} where {change['value']!r} was written"
        exchange(before[edit["document"]], change["path"])
    return None if same(before, after) else "something else differs"


def main():
    loaders = [("PyYAML", yaml.SafeLoader)]
    if yaml.__with_libyaml__:
        loaders.append(("libyaml", yaml.CSafeLoader))
    read = {name: 0 for name, _ in loaders}
    for number, line in enumerate(sys.stdin.buffer, start=1):
        edit = json.loads(line)
        for name, loader in loaders:
            try:
                found = problem(edit, loader)
            except Exception as error:
                found = f"{type(error).__name__}: {error}"
            read[name] += 1
            if found is not None:
                print(json.dumps({"line": number, "reader": name, "problem": found}))
    print(json.dumps({"read": list(read.items())}))


main()
