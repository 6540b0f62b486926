printf '%s\n' '{"a": [1, {"b": "c\\n"}], "d": null}'
