Feature: Tokens
  An access token lets its holder encrypt and decrypt with one key. A refresh token gets new tokens
  of that key, and nothing else.

  Background:
    Given a key with a token set

  @KMS2-TOK-001
  Scenario: A token set is a refresh token and an access token
    When I ask for a token set
    Then the call is accepted
    And the new access token works
    And the new refresh token works

  @KMS2-TOK-002
  Scenario Outline: The <kind> token has the form of the published example
    Then the <kind> token is a JWT signed by RS256
    And the <kind> token holds the published claims in the published order
    And the <kind> token is of the kind "<claim>" and names the key

    Examples:
      | kind    | claim   |
      | access  | ACCESS  |
      | refresh | REFRESH |

  @KMS2-TOK-003
  Scenario Outline: The <kind> token says that it lives for <hours> hours unless asked otherwise
    Then the <kind> token says that it lives for <hours> hours

    Examples:
      | kind    | hours |
      | access  | 72    |
      | refresh | 2160  |

  @KMS2-TOK-004
  Scenario Outline: A full manager's <kind> token carries the 38 published permissions
    Then the <kind> token carries the 38 published permissions

    Examples:
      | kind    |
      | access  |
      | refresh |

  @KMS2-TOK-005
  Scenario Outline: <hours> is taken for the hours of either token
    When I ask for a token set with <hours> hours for the access token
    Then the call is accepted
    And the new access token works
    And the new refresh token works
    When I ask for a token set with <hours> hours for the refresh token
    Then the call is accepted
    And the new access token works
    And the new refresh token works

    Examples:
      | hours |
      | 1     |
      | 17520 |
      | "UL"  |

  @KMS2-TOK-017
  Scenario Outline: A text of digits is taken for the hours of the <kind> token
    When I ask for a token set with "24" hours for the <kind> token
    Then the call is accepted
    And the new access token works
    And the new refresh token works

    Examples:
      | kind    |
      | access  |
      | refresh |

  @KMS2-TOK-006
  Scenario Outline: <hours> is refused for the hours of either token
    When I ask for a token set with <hours> hours for the access token
    Then the call is refused
    When I ask for a token set with <hours> hours for the refresh token
    Then the call is refused

    Examples:
      | hours   |
      | 0       |
      | -1      |
      | 17521   |
      | "17521" |

  @KMS2-TOK-007
  Scenario Outline: <hours> is no number of hours for the <kind> token
    When I ask for a token set with <hours> hours for the <kind> token
    Then the call is refused

    Examples:
      | hours  | kind    |
      | "many" | access  |
      | 1.5    | access  |
      | true   | access  |
      | [24]   | refresh |

  @KMS2-TOK-008
  Scenario: Hours out of bounds are a bad request
    When I ask for a token set with 17521 hours for the access token
    Then the call is refused as a bad request

  @KMS2-TOK-009
  Scenario: An unlimited token names no end
    When I ask for a token set with "UL" hours for the access token
    Then the new access token names no end

  @KMS2-TOK-010 @under-load
  Scenario: A new token set leaves the earlier one alone
    When a new token set is issued
    Then the access token works
    And the refresh token works

  @KMS2-TOK-011 @under-load
  Scenario Outline: The token of another key does not <operation>
    Given another key with a token set
    And the other access token works
    When I <operation> with the other access token
    Then the call is refused

    Examples:
      | operation |
      | encrypt   |
      | decrypt   |

  @KMS2-TOK-012
  Scenario: The token of another key is known, and forbidden
    Given another key with a token set
    When I encrypt with the other access token
    Then the call is refused as forbidden

  @KMS2-TOK-013 @under-load
  Scenario Outline: A refresh token does not <operation>
    Given the refresh token works
    When I <operation> with the refresh token
    Then the call is refused

    Examples:
      | operation |
      | encrypt   |
      | decrypt   |

  @KMS2-TOK-014
  Scenario: A refresh token in a cipher call is forbidden
    When I encrypt with the refresh token
    Then the call is refused as forbidden

  @KMS2-TOK-015
  Scenario Outline: No token lets its holder <manage>
    Given the access token works
    And the refresh token works
    And the key is such that the account can <manage>
    When I <manage> with the access token
    Then the call is refused
    When I <manage> with the refresh token
    Then the call is refused
    And the account can still <manage>

    Examples:
      | manage                          |
      | create a key                    |
      | list the keys                   |
      | ask about the key               |
      | enable the key                  |
      | disable the key                 |
      | rename the key                  |
      | change the memo                 |
      | request the deletion            |
      | cancel the deletion             |
      | delete the key                  |
      | rotate the key                  |
      | change the rotation period      |
      | switch automatic rotation on    |
      | switch automatic rotation off   |
      | list the versions               |
      | enable a version                |
      | disable a version               |
      | read the activity log           |
      | ask for the last use            |
      | ask about the creator           |
      | enable the creator              |
      | replace the creator             |
      | disable the creator             |
      | ask for a token set             |
      | switch the IP ACL on            |
      | switch the IP ACL off           |
      | read the IP ACL                 |
      | add an address to the IP ACL    |
      | delete an address of the IP ACL |

    @needs-isolated
    Examples:
      | manage          |
      | migrate the key |

  @KMS2-TOK-016
  Scenario: Nobody without credentials encrypts
    Given the access token works
    When I encrypt with no credentials
    Then the call is refused

  @KMS2-TOK-043
  Scenario Outline: UL in small letters is no life of the <kind> token
    When I ask for a token set with "ul" hours for the <kind> token
    Then the call is refused

    Examples:
      | kind    |
      | access  |
      | refresh |
