// The published @actions packages import JSON without the import attribute that Node requires. This hook adds it while loading.
import { registerHooks } from "node:module";

registerHooks({
  load(url, context, nextLoad) {
    const json = url.endsWith(".json");
    return nextLoad(url, json ? { ...context, importAttributes: { ...context.importAttributes, type: "json" } } : context);
  },
});
