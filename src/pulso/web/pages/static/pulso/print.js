// A sheet says on which day it was printed; the page, which may be kept, can't know.
addEventListener("beforeprint", () => {
  const lang = document.documentElement.lang === "pt" ? "pt-PT" : "en-GB";
  const day = new Date().toLocaleDateString(lang, { dateStyle: "long" });
  for (const place of document.querySelectorAll("[data-printed]")) place.textContent = ` · ${place.dataset.printed.replace("{day}", day)}`;
});
