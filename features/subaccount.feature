Feature: Sub accounts
  The policy of an account says what it may do with keys, and its access rule from where it may call.

  @KMS2-SUB-001
  Scenario Outline: The <role> may do everything with keys
    Given a key
    Then the <role> may do everything with the key

    Examples:
      | role                   |
      | manager                |
      | infrastructure manager |

  @KMS2-SUB-001
  Scenario Outline: The <role> uses a key in every way
    Given an RSA2048 key
    Then the <role> opens every use of the key

    Examples:
      | role                   |
      | manager                |
      | infrastructure manager |

  @KMS2-SUB-022
  Scenario: The administrator may do everything with keys
    Given a key
    Then the administrator may do everything with the key

  @KMS2-SUB-022
  Scenario: The administrator uses a key in every way
    Given an RSA2048 key
    Then the administrator opens every use of the key

  @KMS2-SUB-002
  Scenario: The finance manager may do nothing with keys
    Given a key
    Then the finance manager may do nothing with the key that the account may

  @KMS2-SUB-002
  Scenario: The finance manager uses a key in no way
    Given an RSA2048 key
    And the account opens every use of the key
    Then the finance manager opens no use of the key

  @KMS2-SUB-021
  Scenario: Who may do nothing with keys sees none
    Given a key
    When I list the keys as the finance manager
    Then the answer shows no key

  @KMS2-SUB-003
  Scenario Outline: Who calls from outside its access rule is refused: <call>
    Given a key
    And the manager is served
    And the manager may call from elsewhere alone
    When <call>
    Then the call is refused

    Examples:
      | call                               |
      | I encrypt with the manager         |
      | I ask about the key as the manager |

    @needs-api10
    Examples:
      | call                                    |
      | I encrypt over API 1.0 with the manager |

  @KMS2-SUB-004 @needs-sources
  Scenario Outline: Who may call from <source> alone is let in from there
    Given a key
    And the manager may call from <source> alone
    When I encrypt with the manager from the first address
    Then the call is accepted

    Examples:
      | source                         |
      | the first address              |
      | the range of the first address |

  @KMS2-SUB-003 @needs-sources
  Scenario: Who may call from one address is not let in from another
    Given a key
    And the manager is served from the second address
    And the manager may call from the first address alone
    When I encrypt with the manager from the second address
    Then the call is refused

  @KMS2-SUB-005 @needs-sources
  Scenario: A new access rule takes the place of the old one
    Given a key
    And the manager may call from the first address alone
    And the manager is served from the first address
    And the manager may call from elsewhere alone
    When I encrypt with the manager from the first address
    Then the call is refused

  @KMS2-SUB-005
  Scenario: An access rule that is off shuts nobody out
    Given a key
    And the manager may call from elsewhere alone
    And the manager may call from anywhere again
    When I encrypt with the manager
    Then the call is accepted

  @KMS2-SUB-006
  Scenario: The access rule of one account is none of another's
    Given a key
    And the manager may call from elsewhere alone
    When I encrypt with the manager
    And I encrypt with the account
    Then the call is accepted

  @KMS2-SUB-007
  Scenario: Tokens of an account are not judged by its access rule
    Given a key
    And the creator is enabled
    And a token set is issued to the manager
    And the manager may call from elsewhere alone
    When I encrypt with the manager
    Then the call is refused
    And the access token works
    And the refresh token works

  @KMS2-SUB-008
  Scenario Outline: An access rule <flaw> is refused and changes nothing
    Given a key
    When I set an access rule <flaw>
    Then the call is refused
    And the manager is served

    Examples:
      | flaw              |
      | with no switch    |
      | with another type |
      | with no address   |

  @KMS2-SUB-020
  Scenario: An access rule may list sources that are no addresses
    Given a key
    When I set an access rule with a source of type VPC
    Then the access rule is taken, and lists a source of type VPC
    When I set an access rule with a source of type VPC_SERVER
    Then the access rule is taken, and lists a source of type VPC_SERVER

  @KMS2-SUB-009
  Scenario: An access rule that lists nobody is refused
    Given a key
    When I set an access rule that lists nobody
    Then the call is refused

  @KMS2-SUB-010
  Scenario: The access rule is told as it was set
    Given a key
    When the manager may call from elsewhere alone
    Then the access rule lists elsewhere alone

  @KMS2-SUB-011
  Scenario: Who is shut out by its access rule is unauthorized
    Given a key
    And the manager may call from elsewhere alone
    When I encrypt with the manager
    Then the call is refused as unauthorized

  @KMS2-SUB-012
  Scenario: Who administers no accounts sets no access rule
    Given a key
    When the manager sets an access rule
    Then the call is refused
