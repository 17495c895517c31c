package dev.holdfast.e2e;

import dev.holdfast.access.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What keeps people from using a page that is shown (WCAG 2.2, level AA, as far as a program can
 * tell): controls without a name, text and edges that can't be told from their ground, a focus that
 * is not seen, and a page that is wider than a small screen.
 */
final class PageCheck {
  private static final int NARROW = 400;
  private static final Set<String> CONTROLS =
      Set.of("button", "link", "textbox", "searchbox", "combobox", "checkbox", "slider", "image");

  /** Relative luminance and contrast by WCAG 2.2; a ground is the first that is not transparent. */
  private static final String COLOURS =
      """
      (() => {
        const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
        const light = (colour) => {
          const [r, g, b] = parts(colour).slice(0, 3).map((it) => it / 255)
            .map((it) => it <= 0.04045 ? it / 12.92 : ((it + 0.055) / 1.055) ** 2.4);
          return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const ratio = (a, b) => {
          const [low, high] = [light(a), light(b)].sort((x, y) => x - y);
          return (high + 0.05) / (low + 0.05);
        };
        const ground = (element) => {
          for (let it = element; it; it = it.parentElement) {
            const colour = getComputedStyle(it).backgroundColor;
            if ((parts(colour)[3] ?? 1) > 0.99) return colour;
          }
          return 'rgb(255, 255, 255)';
        };
        const seen = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true })
          && element.getBoundingClientRect().width > 1;
        const faults = [];
        const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (texts.nextNode()) {
          const element = texts.currentNode.parentElement;
          if (!texts.currentNode.textContent.trim() || !seen(element)) continue;
          const style = getComputedStyle(element);
          const large = parseFloat(style.fontSize) >= 24;
          const found = ratio(style.color, ground(element));
          if ((parts(style.color)[3] ?? 1) > 0 && found < (large ? 3 : 4.5)) {
            faults.push(`text ${found.toFixed(2)}: ${texts.currentNode.textContent.trim().slice(0, 30)}`);
          }
        }
        for (const field of document.querySelectorAll('input, select, textarea')) {
          if (!seen(field)) continue;
          const found = ratio(getComputedStyle(field).borderTopColor, ground(field.parentElement));
          if (found < 3) faults.push(`edge ${found.toFixed(2)}: ${field.id || field.name}`);
        }
        for (const control of document.querySelectorAll('a[href], button, input, select, textarea')) {
          if (!seen(control) || control.disabled) continue;
          control.focus({ focusVisible: true });
          if (control.tabIndex < 0) faults.push(`no key reaches ${control.outerHTML.slice(0, 60)}`);
          if (getComputedStyle(control).outlineStyle === 'none') {
            faults.push(`focus is not seen at ${control.outerHTML.slice(0, 60)}`);
          }
        }
        return faults.join('\\n');
      })()
      """;

  private final Chromium chromium;

  PageCheck(Chromium chromium) {
    this.chromium = chromium;
    // Nothing has the focus in a window that has not.
    chromium.send("Emulation.setFocusEmulationEnabled", Json.members("enabled", Json.of(true)));
  }

  /** What is wrong with the page, light and dark and narrow. */
  List<String> faults() {
    List<String> faults = new ArrayList<>(unnamed());
    for (String scheme : List.of("light", "dark")) {
      Json feature =
          Json.members("name", Json.of("prefers-color-scheme"), "value", Json.of(scheme));
      chromium.send(
          "Emulation.setEmulatedMedia", Json.members("features", new Json.Items(List.of(feature))));
      chromium.evaluate(COLOURS).lines().forEach(it -> faults.add(scheme + ": " + it));
    }
    chromium.send(
        "Emulation.setDeviceMetricsOverride",
        Json.members(
            "width", Json.of(NARROW),
            "height", Json.of(800),
            "deviceScaleFactor", Json.of(1),
            "mobile", Json.of(false)));
    int width = Integer.parseInt(chromium.evaluate("document.documentElement.scrollWidth"));
    if (width > NARROW) {
      faults.add("on a screen of %d pixels it is %d wide".formatted(NARROW, width));
    }
    chromium.send("Emulation.clearDeviceMetricsOverride", Json.members());
    return faults;
  }

  /** Controls of which somebody who hears the page would not know what they are for. */
  private List<String> unnamed() {
    List<String> faults = new ArrayList<>();
    Json tree =
        Chromium.member(chromium.send("Accessibility.getFullAXTree", Json.members()), "result");
    if (!(Chromium.member(tree, "nodes") instanceof Json.Items(var nodes)) || nodes.isEmpty()) {
      throw new AssertionError("there is no tree of the page");
    }
    for (Json node : nodes) {
      String role = Chromium.text(Chromium.member(node, "role"), "value");
      String name = Chromium.text(Chromium.member(node, "name"), "value");
      boolean isIgnored = Chromium.member(node, "ignored").equals(Json.of(true));
      if (!isIgnored && CONTROLS.contains(role) && name.isBlank()) {
        faults.add("a " + role + " without a name");
      }
    }
    return faults;
  }
}
