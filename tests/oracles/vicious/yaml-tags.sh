echo '!!str a !!binary Zg== !reference [a] !local &anchor *alias <<: *merge'
