    elif $needs["override-" + .key].result == "success" then ["success", "failure"]
