"""Reads the vendor's Python package without running it: models, enumerations and operations, as JSON.

    python3 read_wheel.py cyberdesk-2.2.69-py3-none-any.whl

The models are made by a generator from the vendor's OpenAPI description, so their syntax says all that it said.
"""

import ast
import json
import re
import sys
import zipfile

SIMPLE = {
    "str": "string",
    "UUID": "uuid",
    "int": "integer",
    "float": "number",
    "bool": "boolean",
    "datetime.datetime": "date-time",
    "datetime.date": "date",
    "File": "file",
    "None": "null",
    "Any": "any",
}


def types_of(annotation):
    """The members of a union, sorted; `Unset`, which says that something may be absent, is one of them."""
    if isinstance(annotation, ast.BinOp):
        return sorted({*types_of(annotation.left), *types_of(annotation.right)})
    if isinstance(annotation, ast.Subscript):
        outer = ast.unparse(annotation.value)
        if outer in ("list", "List"):
            return [f"list of {' or '.join(types_of(annotation.slice))}"]
        if outer in ("dict", "Dict"):
            return ["object"]
        inner = annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else [annotation.slice]
        if outer == "Union":
            return sorted({each for part in inner for each in types_of(part)})
        if outer == "Optional":
            return sorted({"null", *types_of(inner[0])})
        if outer == "Literal":
            return sorted(f'"{ast.literal_eval(part)}"' for part in inner)
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        return types_of(ast.parse(annotation.value, mode="eval").body)
    text = ast.unparse(annotation)
    return [SIMPLE.get(text, text)]


def shape(annotation):
    types = types_of(annotation)
    return {"types": [each for each in types if each != "Unset"], "optional": "Unset" in types}


def function(body, name):
    return next((each for each in body if isinstance(each, ast.FunctionDef) and each.name == name), None)


def names_on_the_wire(to_dict):
    """Python's `type_` is `type` in JSON: the method that writes a model knows both."""
    names = {}
    for node in ast.walk(to_dict) if to_dict else ():
        pairs = []
        if isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            pairs = [(node.targets[0].slice, node.value)]
        for key, value in pairs:
            if isinstance(key, ast.Constant) and isinstance(value, ast.Name):
                names[value.id] = key.value
    return names


def read_model(definition):
    wire = names_on_the_wire(function(definition.body, "to_dict"))
    fields = {}
    for node in definition.body:
        if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name):
            continue
        name = node.target.id
        if name != "additional_properties":
            fields[wire.get(name, name)] = shape(node.annotation)
    return fields


def read_enumeration(definition):
    return [
        node.value.value
        for node in definition.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
    ]


def read_models(trees):
    models, enumerations = {}, {}
    for tree in trees:
        for node in tree.body:
            if not isinstance(node, ast.ClassDef):
                continue
            if any(ast.unparse(base).endswith("Enum") for base in node.bases):
                enumerations[node.name] = sorted(read_enumeration(node))
            else:
                models[node.name] = read_model(node)
    return models, enumerations


def texts(node):
    return [each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str)]


def read_request(kwargs):
    """Method, path, and the names that are put into `params` and `headers`."""
    found = {"params": {}, "headers": {}}
    for node in ast.walk(kwargs):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values):
                if isinstance(key, ast.Constant) and key.value in ("method", "url"):
                    found[key.value] = texts(value)[0]
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            target = node.targets[0]
            if isinstance(target.value, ast.Name) and target.value.id in ("params", "headers"):
                found[target.value.id][ast.literal_eval(target.slice)] = None
    return found


def read_responses(parse):
    """The model that each status is read as; null for what is not a model."""
    responses = {}
    for node in ast.walk(parse) if parse else ():
        if not isinstance(node, ast.If) or "status_code" not in ast.unparse(node.test):
            continue
        status = re.search(r"\d{3}", ast.unparse(node.test))
        model = re.search(r"(\w+)\.from_dict\(", "\n".join(map(ast.unparse, node.body)))
        if status:
            responses[status.group()] = model.group(1) if model else None
    return responses


def read_operation(tree):
    kwargs = function(tree.body, "_get_kwargs")
    request = read_request(kwargs) if kwargs else {}
    if "url" not in request or "method" not in request:
        return None
    arguments = {each.arg: each.annotation for each in [*kwargs.args.args, *kwargs.args.kwonlyargs]}
    query = {
        name: shape(annotation)
        for name in request["params"]
        if (annotation := arguments.get(name) or arguments.get(f"{name}_")) is not None
    }
    body = arguments.get("body")
    return f"{request['method'].upper()} {request['url']}", {
        "query": query,
        "headers": sorted(name for name in request["headers"] if name.lower() != "content-type"),
        "body": [each for each in types_of(body) if each != "Unset"] if body is not None else [],
        "responses": read_responses(function(tree.body, "_parse_response")),
    }


def read_wheel(path):
    with zipfile.ZipFile(path) as wheel:
        names = wheel.namelist()
        metadata = next(name for name in names if name.endswith(".dist-info/METADATA"))
        version = re.search(r"^Version: (\S+)", wheel.read(metadata).decode(), re.MULTILINE).group(1)
        below = lambda folder: [
            ast.parse(wheel.read(name)) for name in names if f"/{folder}/" in name and name.endswith(".py")
        ]
        models, enumerations = read_models(below("models"))
        operations = dict(filter(None, map(read_operation, below("api"))))
    return {"version": version, "models": models, "enumerations": enumerations, "operations": operations}


if __name__ == "__main__":
    json.dump(read_wheel(sys.argv[1]), sys.stdout)
