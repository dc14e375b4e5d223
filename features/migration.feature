Feature: Migration
  A global key that is disabled can be made an isolated key of one region, for good.

  @KMS2-MIG-001
  Scenario Outline: A disabled key is migrated to <region>
    Given a key
    And the key is disabled
    When I migrate the key to <region>
    Then the call is accepted
    And the answer names the key and the region <region>

    Examples:
      | region |
      | Korea  |
      | Japan  |

  @KMS2-MIG-002
  Scenario: A migrated key is no global key any more
    Given a key
    And the key is disabled
    And the key is migrated to Japan
    When I ask about the key at the host of the global keys
    Then the call is refused

  @KMS2-MIG-003
  Scenario: An enabled key is not migrated
    Given a key
    When I migrate the key to Japan
    Then the call is refused

  @KMS2-MIG-003
  Scenario: A key whose deletion is pending is not migrated
    Given a key
    And the deletion of the key is requested
    When I migrate the key to Japan
    Then the call is refused

  @KMS2-MIG-004
  Scenario Outline: An isolated key is not migrated on to <region>
    Given an isolated key of Japan
    And the key is disabled at the host of Japan
    When I migrate the key to <region>
    Then the call is refused

    Examples:
      | region |
      | Korea  |
      | Japan  |

  @KMS2-MIG-005
  Scenario: A key is not migrated to where an isolated key has its name
    Given a key
    And the key is disabled
    And I create an isolated key of Japan with the name of the key
    When I migrate the key to Japan
    Then the call is refused

  @KMS2-MIG-006
  Scenario Outline: A key is not migrated to "<region>"
    Given a key
    And the key is disabled
    When I migrate the key to <region>
    Then the call is refused

    Examples:
      | region |
      | US     |
      | GLOBAL |

  @KMS2-MIG-007
  Scenario: A migrated key decrypts at its region's host what it encrypted before
    Given a key
    When I encrypt 32 bytes with the account
    And the key is disabled
    And the key is migrated to Japan
    And the key is enabled at the host of Japan
    And I decrypt the ciphertext at the host of Japan
    Then the plaintext comes back
