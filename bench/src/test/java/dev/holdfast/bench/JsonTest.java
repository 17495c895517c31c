package dev.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class JsonTest {

  @Test
  void writesNestedValuesInTheirOrder() {
    var map = new LinkedHashMap<String, Object>();
    map.put("b", List.of(1, 2.5, "x"));
    map.put("a", Map.of("yes", true));
    assertThat(Json.write(map)).isEqualTo("{\"b\": [1, 2.5, \"x\"], \"a\": {\"yes\": true}}");
  }

  @Test
  void escapesWhatWouldEndOrBreakAString() {
    assertThat(Json.write("a\"b\\c\nd\u0001")).isEqualTo("\"a\\\"b\\\\c\\nd\\u0001\"");
  }

  @Test
  void writesNullForNumbersThatJsonDoesNotHave() {
    assertThat(Json.write(List.of(Double.NaN, Double.POSITIVE_INFINITY))).isEqualTo("[null, null]");
  }

  @Test
  void refusesOtherTypes() {
    assertThatIllegalArgumentException().isThrownBy(() -> Json.write(Duration.ZERO));
  }
}
