/** Fails unless the service behind `base` runs the image `digest` and answers at each of the paths. */
export async function journeys(base, service, digest, paths) {
  const health = await (await fetch(`${base}/${service}/healthz`)).json();
  if (health.digest !== digest) throw new Error(`${service} is ${health.digest}, not ${digest}`);
  for (const path of paths) {
    const answer = await fetch(`${base}/${service}${path}`);
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  }
}
