printf '%s' 'abc' # 
