echo '${{ github.sha }}'
