! false
