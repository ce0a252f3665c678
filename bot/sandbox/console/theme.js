// Runs before the first paint, so that a remembered theme never flashes. A classic script on purpose: modules are deferred.
(() => {
  try {
    const theme = localStorage.getItem("console.theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // Storage may be closed (private window); the system's theme then decides.
  }
})();
