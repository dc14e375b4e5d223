Feature: The deletion of keys
  A key is deleted in two steps: its deletion is requested, and 72 hours later it goes by itself, or before
  that by hand. Until then the deletion can be cancelled.

  @KMS2-DEL-001
  Scenario Outline: Its deletion requested, a key that was <state> is pending
    Given a key
    And the key is such that the account can <start>
    When I request the deletion of the key
    Then the call is accepted
    And the key is "REVOKE"

    Examples:
      | state    | start           |
      | enabled  | disable the key |
      | disabled | enable the key  |

  @KMS2-DEL-002
  Scenario Outline: A key that is <state> and not pending is not deleted
    Given a key
    And the key is such that the account can <start>
    When I delete the key
    Then the call is refused
    And the key is "<shown>"

    Examples:
      | state    | start           | shown   |
      | enabled  | disable the key | ENABLE  |
      | disabled | enable the key  | DISABLE |

  @KMS2-DEL-003
  Scenario Outline: A cancelled deletion leaves a key disabled that was <state>
    Given a key
    And the key is such that the account can <start>
    And the deletion of the key is requested
    When I cancel the deletion of the key
    Then the call is accepted
    And the key is "DISABLE"

    Examples:
      | state    | start           |
      | enabled  | disable the key |
      | disabled | enable the key  |

  @KMS2-DEL-007
  Scenario: A pending key is not enabled
    Given a key
    And the deletion of the key is requested
    When I enable the key
    Then the call is refused
    And the key is "REVOKE"

  @KMS2-DEL-008
  Scenario: A pending key takes no change
    Given a key
    And the deletion of the key is requested
    When I disable the key as the account
    Then the call is refused
    When I rename the key as the account
    Then the call is refused
    When I change the memo as the account
    Then the call is refused
    When I rotate the key as the account
    Then the call is refused
    When I switch automatic rotation on as the account
    Then the call is refused
    When I enable the creator as the account
    Then the call is refused
    And the key is "REVOKE"

  @KMS2-DEL-008
  Scenario: A pending key takes no change of its rotation, its versions and its creator
    Given a key
    And the creator is enabled
    And the key is rotated 2 times
    And version 1 is disabled
    And automatic rotation is switched on
    And the deletion of the key is requested
    When I change the rotation period to 30 days
    Then the call is refused
    When I switch automatic rotation off as the account
    Then the call is refused
    When I enable version 1
    Then the call is refused
    When I disable version 2
    Then the call is refused
    When I replace the creator as the account
    Then the call is refused
    When I ask for a token set as the account
    Then the call is refused
    And version 1 is "DISABLE"
    And version 2 is "ENABLE"

  @KMS2-DEL-009
  Scenario: A key whose deletion was cancelled serves again once it is enabled
    Given a key
    And I encrypt 32 bytes with the account
    And the deletion of the key is requested
    When the deletion of the key is cancelled
    And I enable the key
    And I decrypt the ciphertext with the account
    Then the plaintext comes back

  @KMS2-DEL-010
  Scenario: A cancelled deletion does not come
    Given a key
    And the clock stands still
    And the deletion of the key is requested
    When the deletion of the key is cancelled
    And 73 hours pass
    Then the key is "DISABLE"

  @KMS2-DEL-011
  Scenario: A deletion is answered without data
    Given a key
    And the deletion of the key is requested
    When I delete the key
    Then the answer is a success without data

  @KMS2-DEL-012
  Scenario: Requested already, a deletion is not requested again
    Given a key
    And the deletion of the key is requested
    When I request the deletion of the key
    Then the call is refused as a broken rule

  @KMS2-DEL-012
  Scenario: What was not requested is not cancelled
    Given a key
    When I try to cancel the deletion of the key
    Then the call is refused as a broken rule
    And the key is "ENABLE"

  @KMS2-DEL-013
  Scenario: The list says when a pending key goes
    Given a key
    And another key
    And the deletion of the key is requested
    When I list all keys
    Then the list says when the key goes, 72 hours after the request
    And the list says when the other key goes, which is never

  @KMS2-DEL-014
  Scenario: The name of a pending key is still taken
    Given a key
    And the deletion of the key is requested
    When I create a key with the name of the key
    Then the call is refused

  @KMS2-DEL-015
  Scenario: The name of a deleted key is free again
    Given a key
    And the deletion of the key is requested
    When I delete the key
    And I create a key with the name of the key
    Then the call is accepted

  @KMS2-DEL-004
  Scenario: A deleted key is gone
    Given a key
    And the deletion of the key is requested
    When I delete the key
    Then the call is accepted
    When I ask about the key
    Then the call is refused
    When I list all keys
    Then the list lacks the key

  @KMS2-DEL-005
  Scenario: A pending key does not encrypt
    Given a key
    And the key serves the account
    When the deletion of the key is requested
    And I encrypt with the account
    Then the call is refused

  @KMS2-DEL-006
  Scenario Outline: A pending key is <fate> 72 hours after the request
    Given a key
    And the clock stands still
    When the deletion of the key is requested
    And <time> pass
    And I ask about the key
    Then the call is <answer>

    Examples:
      | fate                     | time                    | answer   |
      | there a minute before    | 71 hours and 59 minutes | accepted |
      | gone a minute later than | 72 hours and 1 minute   | refused  |
