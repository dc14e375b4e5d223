Feature: Name and memo of a key
  The account changes the name and the memo of a key. The same bounds hold as for a new key.

  @KMS2-KEY-042
  Scenario: A key is renamed
    Given a key
    When I give the key a new name
    Then the call is accepted
    And the answer is about the key
    And the answer carries that name
    When I ask about the key
    Then the answer carries that name

  @KMS2-KEY-043
  Scenario Outline: A key is not renamed to a name with <flaw>
    Given a key
    And the state of the key is noted
    When I rename the key to "<name>"
    Then the call is refused
    And the state of the key is as noted

    Examples:
      | flaw                | name             |
      | no character        |                  |
      | two characters      | kp               |
      | sixteen characters  | kp-0123456789abc |
      | a digit at its head | 1kp-name         |
      | a dot               | kp.name          |

  @KMS2-KEY-043
  Scenario: A key is not renamed to the name of another
    Given a key
    And another key
    And the state of the key is noted
    When I give the key the name of the other key
    Then the call is refused
    And the state of the key is as noted

  @KMS2-KEY-045
  Scenario: The old name of a renamed key is free
    Given a key
    When I give the key a new name
    And I create a key with the name of the key
    Then the call is accepted

  @KMS2-KEY-046
  Scenario Outline: A memo of <length> is taken in place of another
    Given a key
    And I change the memo to "the first"
    When I change the memo to <memo>
    Then the call is accepted
    And the answer is about the key
    And the answer carries that memo
    When I ask about the key
    Then the answer carries that memo

    Examples:
      | length         | memo                  |
      | no character   | ""                    |
      | two scripts    | "열쇠 of the till"      |
      | 100 characters | one of 100 characters |

  @KMS2-KEY-047
  Scenario: A memo of 201 characters is not taken in place of another
    Given a key
    And I change the memo to "the first"
    And the state of the key is noted
    When I change the memo to one of 201 characters
    Then the call is refused
    And the state of the key is as noted

  @KMS2-KEY-048
  Scenario Outline: A change that says no other <what> is refused
    Given a key
    And the state of the key is noted
    When I change the <what> and say no other
    Then the call is refused
    And the state of the key is as noted

    Examples:
      | what |
      | name |
      | memo |

  @KMS2-KEY-056
  Scenario Outline: A <what> that is <value> is not taken in place of another
    Given a key
    And the state of the key is noted
    When I change the <what> to the raw text <value>
    Then the call is refused
    And the state of the key is as noted

    Examples:
      | what | value       |
      | name | true        |
      | name | ["kp-name"] |
      | memo | 7           |
      | memo | ["a memo"]  |
