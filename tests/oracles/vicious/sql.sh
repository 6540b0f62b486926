echo "SELECT * FROM t WHERE a = 'it''s' -- comment;"
