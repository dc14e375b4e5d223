Feature: The token creator
  Tokens of a key are signed by its token creator. Without a creator there are none, and with
  the creator everything that it signed ends at once and for good.

  @KMS2-CRE-001
  Scenario: Without a creator no tokens are issued
    Given a key
    When I ask for a token set
    Then the call is refused

  @KMS2-CRE-002
  Scenario: An enabled creator is active and has an ID
    Given a key
    When I enable the creator
    Then the call is accepted
    And the creator is "ACTIVE"
    And the creator has an ID

  @KMS2-CRE-003
  Scenario: Replacing the creator gives another ID
    Given a key with a token set
    When I replace the creator
    Then the call is accepted
    And the creator is "ACTIVE"
    And the creator has another ID

  @under-load
  Scenario Outline: <change> the creator ends its <kind> tokens at once
    Given a key with a token set
    And the <kind> token works
    When the creator is <changed>
    Then the <kind> token is refused

    @KMS2-CRE-004
    Examples: cipher calls
      | change    | changed  | kind   |
      | Replacing | replaced | access |
      | Disabling | disabled | access |

    @KMS2-CRE-005
    Examples: renewal
      | change    | changed  | kind    |
      | Replacing | replaced | refresh |
      | Disabling | disabled | refresh |

  @KMS2-CRE-006
  Scenario Outline: The <kind> tokens of a disabled creator stay dead when a creator is enabled again
    Given a key with a token set
    And the <kind> token works
    When the creator is disabled
    And the creator is enabled
    Then the <kind> token is refused

    Examples:
      | kind    |
      | access  |
      | refresh |

  @KMS2-CRE-006
  Scenario Outline: Not even a second replacement revives <kind> tokens
    Given a key with a token set
    And the <kind> token works
    When the creator is replaced
    And the creator is replaced
    Then the <kind> token is refused

    Examples:
      | kind    |
      | access  |
      | refresh |

  @KMS2-CRE-007 @under-load
  Scenario Outline: Tokens of the new creator work after <change>
    Given a key with a token set
    When the creator is <first>
    And the creator is <then>
    And a new token set is issued
    Then the new access token works
    And the new refresh token works

    Examples:
      | change           | first    | then     |
      | two replacements | replaced | replaced |
      | a new start      | disabled | enabled  |

  @KMS2-CRE-008 @under-load
  Scenario Outline: The tokens of another key notice nothing when a creator is <changed>
    Given a key with a token set
    And another key with a token set
    When the creator is <changed>
    Then the other access token works
    And the other refresh token works

    Examples:
      | changed  |
      | replaced |
      | disabled |

  @KMS2-CRE-009
  Scenario: With the creator disabled no tokens are issued
    Given a key with a token set
    When the creator is disabled
    And I ask for a token set
    Then the call is refused

  @KMS2-CRE-010
  Scenario: A disabled creator says so, and since when
    Given a key with a token set
    When I disable the creator
    Then the call is accepted
    And the creator is "INACTIVE"
    And the creator says when it was disabled

  @KMS2-CRE-011
  Scenario: A creator that is enabled again has another ID
    Given a key with a token set
    When the creator is disabled
    And the creator is enabled
    Then the creator has another ID

  @KMS2-CRE-012
  Scenario: The account goes on without a creator
    Given a key with a token set
    When the creator is disabled
    Then the key serves the account

  @KMS2-CRE-013
  Scenario: Enabling an active creator breaks a rule
    Given a key with a token set
    When I try to enable the creator
    Then the call is refused as a broken rule

  @KMS2-CRE-014
  Scenario Outline: Without an active creator, to <change> it breaks a rule
    Given a key
    When I try to <change> the creator
    Then the call is refused as a broken rule

    Examples:
      | change  |
      | replace |
      | disable |

  @KMS2-CRE-015
  Scenario: Before the first creator there is an inactive one
    Given a key
    Then the creator is "INACTIVE"

  @KMS2-CRE-020
  Scenario: The creator before the first has no ID and no dates
    Given a key
    Then the creator has no ID and no dates

  @KMS2-CRE-016
  Scenario: Every issued token is counted
    Given a key with a token set
    When I ask for an access token with the refresh token
    Then the creator has issued 3 tokens

  @KMS2-CRE-017
  Scenario: A replaced creator counts from zero
    Given a key with a token set
    When the creator is replaced
    Then the creator has issued 0 tokens

  @KMS2-CRE-018
  Scenario: A creator says since when it is enabled
    Given a key
    When the creator is enabled
    Then the creator says when it was enabled

  @KMS2-CRE-019
  Scenario Outline: To <manage> is answered without data
    Given a key with a token set
    And the key is such that the account can <manage>
    When I <manage> as the account
    Then the answer is a success without data

    Examples:
      | manage              |
      | enable the creator  |
      | replace the creator |
      | disable the creator |
