echo '$(params.x) $(results.y.path) $(workspaces.z.path) $(context.taskRun.name) $$(params.x)'
