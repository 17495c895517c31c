package dev.holdfast.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class JsonTest {
  @Test
  void objectsAreReadAsTheyAreWritten() throws Exception {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("text", "a \"b\" \\ \n \u001b \ud83d\ude00 \u00e9");
    object.put("number", -12L);
    object.put("fraction", 1.5);
    object.put("yes", true);
    object.put("list", List.of(1L, "two", List.of(), Map.of()));
    object.put("object", Map.of("a", 1L));
    String text = Json.text(object);

    assertThat(Json.object(text)).isEqualTo(object);
    assertThat(text).doesNotContain("\n", "\u001b");
  }

  @Test
  void whatOthersWriteIsRead() throws Exception {
    assertThat(Json.object(" { \"a\" : null , \"b\" : \"\\u0041\\/\\t\" , \"c\":1e3 } "))
        .isEqualTo(Map.of("b", "A/\t", "c", 1000.0));
  }

  @Test
  void whatIsNoJsonIsRefused() {
    for (String text :
        List.of(
            "",
            "1",
            "[]",
            "{",
            "{}x",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{\"a\":01}",
            "{\"a\":\"\n\"}",
            "{\"a\":\"\\x\"}",
            "{\"a\":\"\\u12\"}",
            "{\"a\":tru}",
            "{\"a\":-}",
            "{\"a\":1.}",
            "{a:1}",
            "{\"a\":[1 2]}")) {
      assertThatThrownBy(() -> Json.object(text)).as(text).isInstanceOf(Json.Malformed.class);
    }
  }

  @Test
  void depthAndLengthAreBounded() throws Exception {
    String open = "{\"a\":".repeat(Json.MOST_DEPTH);
    assertThat(Json.object(open + "1" + "}".repeat(Json.MOST_DEPTH))).isNotEmpty();
    assertThatThrownBy(() -> Json.object("{\"a\":" + open + "1" + "}".repeat(Json.MOST_DEPTH + 1)))
        .isInstanceOf(Json.Malformed.class);
    assertThatThrownBy(() -> Json.object(" ".repeat(Json.MOST_CHARS) + "{}"))
        .isInstanceOf(Json.Malformed.class);
  }
}
