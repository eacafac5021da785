export function ServerTree() {
  return null;
}
